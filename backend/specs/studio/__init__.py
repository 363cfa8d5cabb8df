"""What the workbench shows: a draft over a sample, the sample's pages, edits of a text. Reads only; services write."""
