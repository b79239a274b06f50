"""What leaves the house on paper: minutes, attendance sheets, the action ledger. Its words are an office's, so they are not translated."""
