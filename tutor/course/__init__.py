"""The course as its authors write it: lessons, their steps and their questions. No torch, no Textual."""
