//! Reads incidents out of documents: Markdown, plain text and JSONL.
