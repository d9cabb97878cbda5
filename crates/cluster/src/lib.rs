//! Groups incidents into failure classes.
