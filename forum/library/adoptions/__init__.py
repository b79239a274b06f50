"""借鉴: another village tries what a card describes, and says how it went."""
