//! portreeve-wire
