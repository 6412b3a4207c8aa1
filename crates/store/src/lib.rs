//! portreeve-store
