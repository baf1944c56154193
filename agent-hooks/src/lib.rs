//! How AI agents call git-dos: payloads, replies, settings entries.
