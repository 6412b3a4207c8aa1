//! Who may log in at the console.

use std::time::Duration;

use access::{Action, Grant, Role, User, random_password};
use axum::routing::{delete, get, post, put};

use super::Answer;
use super::call::{Asked, Call, Named, Told};
use super::paging::{SLICE, Slice};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Bounded, Secret, Text, When, Word};

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    let (one, password) = ("/api/users/{user}", "/api/users/{user}/password");
    let (invitation, grant) = ("/api/users/{user}/invitation", "/api/users/{user}/grant");
    let (disable, enable) = ("/api/users/{user}/disable", "/api/users/{user}/enable");
    vec![
        Route::reads::<UserList>("/api/users", ManageAccess, "See who may log in", get(list)).asked(SLICE),
        Route::makes::<UserMade>("/api/users", ManageAccess, "Enter somebody", post(add)).told::<UserWanted>(),
        Route::does::<UserMade>(password, ManageAccess, "Give somebody another password", post(change))
            .told::<PasswordWanted>(),
        Route::makes::<Invitation>(invitation, ManageAccess, "Make a link that logs somebody in once", post(invite))
            .told::<InvitationWanted>(),
        Route::puts::<UserView>(grant, ManageAccess, "Give somebody another role", put(self::grant))
            .told::<UserGrant>(),
        Route::does::<UserView>(disable, ManageAccess, "Let somebody log in no more", post(self::disable)),
        Route::does::<UserView>(enable, ManageAccess, "Let somebody log in again", post(self::enable)),
        Route::removes::<UserName>(one, ManageAccess, "Take somebody out", delete(remove)),
    ]
}

wire! {
    /// Somebody who may log in.
    UserView {
        /// His name.
        name: String,
        /// What he may.
        role: Word<Role>,
        /// A customer's services.
        services: Vec<String>,
        /// When he was entered.
        created_at: When,
        /// When he logged in last.
        last_login_at: Option<When>,
        /// Whether he may not log in until somebody lets him again.
        disabled: bool,
    }
    /// Everybody who may log in.
    UserList {
        /// The latest first.
        items: Vec<UserView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// Somebody to be entered.
    UserWanted {
        /// His name.
        name: Text<1, 64>,
        /// What he may.
        role: Word<Role>,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
        /// His password; one is made, when it is left out.
        password: Option<Secret<12, 128>>,
    }
    /// Another password.
    PasswordWanted {
        /// The password; one is made, when it is left out.
        password: Option<Secret<12, 128>>,
    }
    /// An invitation to be made.
    InvitationWanted {
        /// How long it is good, in minutes; 60, when it is left out.
        minutes: Option<Bounded<1, 1440>>,
    }
    /// An invitation. It is shown this once, and forgotten when the daemon stops.
    Invitation {
        /// The address that logs him in, once, without his password.
        link: String,
        /// When it is over.
        expires_at: When,
    }
    /// Another role.
    UserGrant {
        /// What he may.
        role: Word<Role>,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
    }
    /// A user, by name.
    UserName {
        /// His name.
        name: String,
    }
    /// Somebody with a new password.
    UserMade {
        /// His name.
        name: String,
        /// The password, when it was made here: it is shown this once.
        password: Option<String>,
    }
}

async fn list(call: Call, Asked(slice): Asked<Slice>) -> Answer<UserList> {
    call.by_staff(Action::ManageAccess, |native, _| {
        let (users, next) = slice.of(native.gate.users()?, |user| (user.created, user.name.clone()))?;
        Ok(UserList { items: users.into_iter().map(view).collect(), next })
    })
    .await
}

async fn add(call: Call, Told(wanted): Told<UserWanted>) -> Answer<UserMade> {
    let UserWanted { name, role, services, password } = wanted;
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let grant = Grant { role: role.0, services: services.unwrap_or_default().into_iter().collect() };
        let (secret, made) = secret(password)?;
        native.note(actor, Action::ManageAccess, &format!("user {}", name.0), "add")?;
        let user = native.gate.add_user(&name.0, grant, &secret)?;
        Ok(UserMade { name: user.name, password: made })
    })
    .await
}

async fn change(call: Call, Named(user): Named<String>, Told(wanted): Told<PasswordWanted>) -> Answer<UserMade> {
    let PasswordWanted { password } = wanted;
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let (secret, made) = secret(password)?;
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), "password")?;
        native.gate.set_password(&user, &secret)?;
        Ok(UserMade { name: user, password: made })
    })
    .await
}

async fn invite(
    call: Call,
    Named(user): Named<String>,
    Told(InvitationWanted { minutes }): Told<InvitationWanted>,
) -> Answer<Invitation> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let lifetime = Duration::from_secs(minutes.map_or(60, |minutes| minutes.0) * 60);
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), "invite")?;
        let token = native.gate.invite(&user, lifetime)?;
        let link = format!("{}/console/enter/{token}", native.base);
        Ok(Invitation { link, expires_at: When(native.gate.now().after(lifetime)) })
    })
    .await
}

async fn grant(
    call: Call,
    Named(user): Named<String>,
    Told(UserGrant { role, services }): Told<UserGrant>,
) -> Answer<UserView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let grant = Grant { role: role.0, services: services.unwrap_or_default().into_iter().collect() };
        let detail = format!("grant {}", role.0.as_str());
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), &detail)?;
        Ok(view(native.gate.set_grant(&user, grant)?))
    })
    .await
}

async fn disable(call: Call, user: Named<String>) -> Answer<UserView> {
    switch(call, user, true).await
}

async fn enable(call: Call, user: Named<String>) -> Answer<UserView> {
    switch(call, user, false).await
}

async fn switch(call: Call, Named(user): Named<String>, disabled: bool) -> Answer<UserView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let detail = if disabled { "disable" } else { "enable" };
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), detail)?;
        Ok(view(native.gate.set_disabled(&user, disabled)?))
    })
    .await
}

async fn remove(call: Call, Named(user): Named<String>) -> Answer<UserName> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), "remove")?;
        native.gate.remove_user(&user)?;
        Ok(UserName { name: user })
    })
    .await
}

/// The password, and the same to be shown, when it was made here.
fn secret(wanted: Option<Secret<12, 128>>) -> Result<(String, Option<String>), Problem> {
    match wanted {
        Some(password) => Ok((password.0.0, None)),
        None => {
            let made = random_password()?;
            Ok((made.clone(), Some(made)))
        }
    }
}

fn shown(name: &str) -> &str {
    model::names::bounded(name, 128)
}

pub(super) fn view(user: User) -> UserView {
    UserView {
        name: user.name,
        role: Word(user.grant.role),
        services: user.grant.services.into_iter().collect(),
        created_at: When(user.created),
        last_login_at: user.last_login.map(When),
        disabled: user.disabled,
    }
}
