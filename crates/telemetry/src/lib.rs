//! portreeve-telemetry
