//! portreeve-frontends
