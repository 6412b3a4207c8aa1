//! Applications of the compatible API and their consumer keys.

use access::{
    AccessError, AccessRule, Action, Application, ConsumerKey, CredentialState, Grant, Issued, NewCredential, Role,
};
use axum::routing::{delete, get, post};

use super::call::{Asked, Call, Named, Told};
use super::keys::lifetime;
use super::paging::{SLICE, Slice};
use super::routes::Route;
use super::schema::wire;
use super::types::{Bounded, Number, Text, When, Word};
use super::{Answer, Native, Problem};

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    let application = "/api/applications/{key}";
    let (one, grant) = ("/api/credentials/{credential}", "/api/credentials/{credential}/validate");
    let refuse = "/api/credentials/{credential}/refuse";
    vec![
        Route::reads::<ApplicationList>("/api/applications", ManageAccess, "See applications", get(applications))
            .asked(SLICE),
        Route::makes::<ApplicationMade>("/api/applications", ManageAccess, "Make an application", post(make))
            .told::<ApplicationWanted>(),
        Route::removes::<ApplicationView>(application, ManageAccess, "Revoke an application", delete(revoke)),
        Route::reads::<CredentialList>("/api/credentials", ManageAccess, "See consumer keys", get(list)).asked(SLICE),
        Route::does::<CredentialView>(grant, ManageAccess, "Grant a consumer key that waits", post(self::grant))
            .told::<GrantWanted>(),
        Route::does::<CredentialView>(refuse, ManageAccess, "Refuse a consumer key that waits", post(self::refuse)),
        Route::removes::<CredentialView>(one, ManageAccess, "End a consumer key", delete(end)),
    ]
}

wire! {
    /// An application.
    ApplicationView {
        /// Its key, which is no secret.
        key: String,
        /// What it is.
        name: String,
        /// When it was made.
        created_at: When,
        /// When it was revoked.
        revoked_at: Option<When>,
    }
    /// Every application.
    ApplicationList {
        /// Latest first.
        items: Vec<ApplicationView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// An application to be made.
    ApplicationWanted {
        /// What it is for.
        name: Text<1, 64>,
        /// What its own consumer key may; without it none is made, and customers grant them.
        role: Option<Word<Role>>,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
        /// For how many days the consumer key is valid; for ever, when it is left out.
        days: Option<Bounded<1, 36_500>>,
    }
    /// A new application. Secret and consumer key are shown this once.
    ApplicationMade {
        /// What is kept.
        application: ApplicationView,
        /// What its owner signs with.
        secret: String,
        /// Its consumer key, when one was wanted.
        consumer_key: Option<String>,
    }
    /// Calls that a consumer key opens.
    RuleView {
        /// "GET", "POST", "PUT" or "DELETE".
        method: String,
        /// A path, where * stands for anything.
        path: String,
    }
    /// A consumer key; the key itself is not kept.
    CredentialView {
        /// Its number.
        id: u64,
        /// The key of the application that asked for it.
        application: String,
        /// "pendingValidation", "validated", "refused" or "expired".
        state: String,
        /// Which calls it opens.
        rules: Vec<RuleView>,
        /// From where it may be used; empty: from everywhere.
        allowed_ips: Vec<String>,
        /// What it may, when it was granted.
        role: Option<Word<Role>>,
        /// A customer's services.
        services: Vec<String>,
        /// Who granted or refused it; may be empty.
        decided_by: String,
        /// When it was asked for.
        created_at: When,
        /// When it is over by itself.
        expires_at: Option<When>,
        /// When it was used last, to the minute.
        last_used_at: Option<When>,
    }
    /// Every consumer key.
    CredentialList {
        /// Latest first.
        items: Vec<CredentialView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// What is granted.
    GrantWanted {
        /// What it may.
        role: Word<Role>,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
        /// For how many days; for ever, when it is left out.
        days: Option<Bounded<1, 36_500>>,
    }
}

async fn applications(call: Call, Asked(slice): Asked<Slice>) -> Answer<ApplicationList> {
    call.by_staff(Action::ManageAccess, |native, _| {
        let (found, next) = slice.of(native.gate.applications()?, |one| (one.created, one.key.clone()))?;
        Ok(ApplicationList { items: found.into_iter().map(application_view).collect(), next })
    })
    .await
}

async fn make(call: Call, Told(wanted): Told<ApplicationWanted>) -> Answer<ApplicationMade> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let ApplicationWanted { name, role, services, days } = wanted;
        let services = services.unwrap_or_default().into_iter().collect();
        let grant = role.map(|role| Grant { role: role.0, services });
        if let Some(sentence) = grant.as_ref().and_then(Grant::complaint) {
            return Err(Problem::field("services", sentence));
        }
        native.note(actor, Action::ManageAccess, &format!("application {}", name.0), "made")?;
        let Issued { application: made, secret } = native.gate.add_application(&name.0)?;
        let everything = || NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
        let consumer =
            grant.map(|grant| native.gate.add_credential(&made.key, everything(), grant, actor, lifetime(days)));
        let consumer_key = consumer.transpose()?.map(|(key, _)| key);
        Ok(ApplicationMade { application: application_view(made), secret, consumer_key })
    })
    .await
}

async fn revoke(call: Call, Named(key): Named<String>) -> Answer<ApplicationView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        native.note(
            actor,
            Action::ManageAccess,
            &format!("application {}", model::names::bounded(&key, 64)),
            "revoked",
        )?;
        Ok(application_view(native.gate.revoke_application(&key)?))
    })
    .await
}

async fn list(call: Call, Asked(slice): Asked<Slice>) -> Answer<CredentialList> {
    call.by_staff(Action::ManageAccess, |native, _| {
        let now = native.gate.now();
        let all = native.gate.credentials()?.into_iter().map(|(_, consumer)| consumer).collect();
        let (found, next) = slice.of(all, |consumer: &ConsumerKey| (consumer.created, consumer.id.to_string()))?;
        Ok(CredentialList { items: found.into_iter().map(|consumer| credential_view(consumer, now)).collect(), next })
    })
    .await
}

async fn grant(call: Call, Named(id): Named<Number>, Told(wanted): Told<GrantWanted>) -> Answer<CredentialView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let GrantWanted { role, services, days } = wanted;
        let grant = Grant { role: role.0, services: services.unwrap_or_default().into_iter().collect() };
        let token = native.waiting(id.0)?;
        native.note(actor, Action::ManageAccess, &format!("credential {}", id.0), "grant")?;
        let granted = native.gate.grant_credential(&token, grant, actor, lifetime(days))?;
        Ok(credential_view(granted, native.gate.now()))
    })
    .await
}

async fn refuse(call: Call, Named(id): Named<Number>) -> Answer<CredentialView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let token = native.waiting(id.0)?;
        native.note(actor, Action::ManageAccess, &format!("credential {}", id.0), "refuse")?;
        Ok(credential_view(native.gate.refuse_credential(&token, actor)?, native.gate.now()))
    })
    .await
}

async fn end(call: Call, Named(id): Named<Number>) -> Answer<CredentialView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        native.note(actor, Action::ManageAccess, &format!("credential {}", id.0), "revoked")?;
        Ok(credential_view(native.gate.end_credential(id.0)?, native.gate.now()))
    })
    .await
}

impl Native {
    /// The validation token of a consumer key by its number.
    fn waiting(&self, id: u64) -> Result<String, Problem> {
        let found = self.gate.credentials()?.into_iter().find(|(_, consumer)| consumer.id == id);
        let (token, consumer) = found.ok_or_else(|| AccessError::Unknown(format!("credential {id}")))?;
        match consumer.state_at(self.gate.now()) {
            CredentialState::PendingValidation => Ok(token),
            state => Err(Problem::conflict(format!("credential {id} waits for no answer: it is {}", state.as_str()))),
        }
    }
}

pub(super) fn application_view(application: Application) -> ApplicationView {
    let Application { key, name, created, revoked, .. } = application;
    ApplicationView { key, name, created_at: When(created), revoked_at: revoked.map(When) }
}

pub(super) fn credential_view(consumer: ConsumerKey, now: model::Timestamp) -> CredentialView {
    let state = consumer.state_at(now).as_str().to_owned();
    let (role, services) = consumer.grant.map(|grant| (Word(grant.role), grant.services.into_iter().collect())).unzip();
    CredentialView {
        id: consumer.id,
        application: consumer.application,
        state,
        rules: consumer.rules.into_iter().map(|AccessRule { method, path }| RuleView { method, path }).collect(),
        allowed_ips: consumer.allowed_ips.iter().map(ToString::to_string).collect(),
        role,
        services: services.unwrap_or_default(),
        decided_by: consumer.by,
        created_at: When(consumer.created),
        expires_at: consumer.expires.map(When),
        last_used_at: consumer.last_use.map(When),
    }
}
