//! Plans, previews, applies and takes back changes to other programs' files.
