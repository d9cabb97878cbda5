//! Renders a plain report as Markdown.
