"""Pages of people and places: what somebody or a village wrote and knows, who leads a village and who did."""
