//! What the use cases refuse, as problems.

use ::customers::registry::RegistryError;
use ::webhooks::WebhookError;
use access::AccessError;
use alerts::LetterError;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use diagnostics::DiagnosisError;
use limits::StoreError;
use pipeline::{
    ByHandError, DeskError, ExemptionError, FingerprintError, LessonError, Misasked, NoSeat, ReportError, TicketError,
    Unseen,
};

use super::problem::{FieldError, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Unknown(_) => StatusCode::NOT_FOUND,
            DeskError::Refused(_) | DeskError::Future => StatusCode::CONFLICT,
            DeskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<ByHandError> for Problem {
    fn from(error: ByHandError) -> Self {
        let (field, detail) = match &error {
            ByHandError::Length => ("length_seconds", error.to_string()),
            ByHandError::Reason => ("reason", error.to_string()),
            ByHandError::CutOff => return Self::cut_off(),
            ByHandError::Refused(_) => return Self::conflict(error.to_string()),
        };
        Self::field(field, &detail)
    }
}

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            TicketError::Refused(_) | TicketError::Opening(_) => Self::new(StatusCode::CONFLICT, error.to_string()),
            TicketError::Desk(error) => error.into(),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let status = match &error {
            AccessError::Invalid | AccessError::Expired => StatusCode::UNAUTHORIZED,
            AccessError::TooMany => StatusCode::TOO_MANY_REQUESTS,
            AccessError::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AccessError::Unknown(_) => StatusCode::NOT_FOUND,
            AccessError::NoRandomness | AccessError::KeyFile(_) | AccessError::Store(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<Misasked> for Problem {
    fn from(error: Misasked) -> Self {
        Self::mistakes(error.0.into_iter().map(|(field, detail)| FieldError::of(field, detail)).collect())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this call reads")
            }
            status => Self::new(status, "the body broke off"),
        }
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let status = match &error {
            ReportError::Unknown(_) | ReportError::NoBlock(_) | ReportError::Gone(_) => StatusCode::NOT_FOUND,
            ReportError::Before(_) | ReportError::Full(_) | ReportError::Refused(_) => StatusCode::CONFLICT,
            ReportError::Store(_) | ReportError::Behind(_) => StatusCode::SERVICE_UNAVAILABLE,
            ReportError::Exemption(_) => exemption_status(&error),
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}

fn exemption_status(error: &ReportError) -> StatusCode {
    match error {
        ReportError::Exemption(ExemptionError::Unknown(_)) => StatusCode::NOT_FOUND,
        ReportError::Exemption(ExemptionError::Store(_)) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<ExemptionError> for Problem {
    fn from(error: ExemptionError) -> Self {
        ReportError::Exemption(error).into()
    }
}

impl From<DiagnosisError> for Problem {
    fn from(error: DiagnosisError) -> Self {
        let status = match &error {
            DiagnosisError::Unknown(_) => StatusCode::NOT_FOUND,
            DiagnosisError::Over(_) | DiagnosisError::Running(_) => StatusCode::CONFLICT,
            DiagnosisError::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            DiagnosisError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<FingerprintError> for Problem {
    fn from(error: FingerprintError) -> Self {
        let status = match &error {
            FingerprintError::Unknown(_) => StatusCode::NOT_FOUND,
            FingerprintError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            FingerprintError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LessonError> for Problem {
    fn from(error: LessonError) -> Self {
        let status = match &error {
            LessonError::Correction(_) => StatusCode::UNPROCESSABLE_ENTITY,
            LessonError::Disk { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let status = match &error {
            WebhookError::UnknownHook(_) | WebhookError::UnknownEvent { .. } => StatusCode::NOT_FOUND,
            WebhookError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<NoSeat> for Problem {
    fn from(error: NoSeat) -> Self {
        Self::too_many(error.to_string(), 10)
    }
}

impl From<Unseen> for Problem {
    fn from(error: Unseen) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let status = match error {
            RegistryError::Unfit(mistakes) => {
                return Self::mistakes(mistakes.into_iter().map(FieldError::from).collect());
            }
            RegistryError::Unknown(_) | RegistryError::Nobody(_) => StatusCode::NOT_FOUND,
            RegistryError::Exists(_)
            | RegistryError::InFile(..)
            | RegistryError::Elsewhere(_)
            | RegistryError::TakenInFile(..) => StatusCode::CONFLICT,
            RegistryError::Meanwhile(_) => StatusCode::PRECONDITION_FAILED,
            RegistryError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LetterError> for Problem {
    fn from(error: LetterError) -> Self {
        let status = match &error {
            LetterError::Unknown(..) => StatusCode::NOT_FOUND,
            LetterError::Sent(..) => StatusCode::CONFLICT,
            LetterError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}
