"""The numbers behind the pictures: whatever a map, a matrix or a timeline shows, as plain values without HTML."""
