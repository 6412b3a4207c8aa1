//! What SQLite says, in the words of the seam.

use limits::StoreError;
use rusqlite::{Error, ErrorCode};

/// The error as the operator shall read it.
pub(super) fn said(error: Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(text),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            StoreError::ReadOnly(text)
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(format!("{text}: restore a copy, or move the file away to begin anew"))
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Other(format!("{text}: another program holds the database"))
        }
        Some(ErrorCode::CannotOpen) => StoreError::Other(format!("{text}: check that the directory may be used")),
        _ if is_row_error(&error) => StoreError::Damaged(format!("a row can't be read: {text}")),
        _ => StoreError::Other(text),
    }
}

/// A stored value that no version of this program has written.
fn is_row_error(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..) | Error::IntegralValueOutOfRange(..) | Error::InvalidColumnType(..)
    )
}
