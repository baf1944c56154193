//! What only the `git` program can do for us. The one place that starts programs.
