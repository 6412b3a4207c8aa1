//! portreeve-admin
