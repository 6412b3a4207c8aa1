//! portreeve-scoring
