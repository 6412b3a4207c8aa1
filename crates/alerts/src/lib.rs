//! portreeve-alerts
