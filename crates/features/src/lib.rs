//! portreeve-features
