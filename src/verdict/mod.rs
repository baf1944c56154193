//! Pure judgements: evidence and policy in, verdict out. No files, git, environment, clock or printing.
