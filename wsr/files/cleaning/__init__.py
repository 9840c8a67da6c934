"""Making the copy of an upload that is kept and served. No Django here: this runs alone in a small process with bounds.

`kinds` says what a file is by its content, and what is taken at all; `images`, `pdf`, `office`, `audio` and `plain` write the cleaned
copy. What cannot be cleaned is refused with one of the codes of `refusals`; `wsr.files.pipeline` has the sentences.
"""
