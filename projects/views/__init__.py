"""Which page answers an address? One file a noun or task of the office; what a page does is a verb's or a reading's."""
