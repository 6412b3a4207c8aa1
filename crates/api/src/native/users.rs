//! Who may log in at the console.

use access::{Action, Grant, Role, User, random_password};
use axum::extract::rejection::JsonRejection;
use axum::routing::{delete, get, post};
use axum::{Json, extract};

use super::Answer;
use super::call::{Asked, Call, Named};
use super::paging::{SLICE, Slice};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Text, When, Word};

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    let (one, password) = ("/api/users/{user}", "/api/users/{user}/password");
    vec![
        Route::reads::<UserList>("/api/users", ManageAccess, "See who may log in", get(list)).asked(SLICE),
        Route::makes::<UserMade>("/api/users", ManageAccess, "Enter somebody", post(add)).told::<UserWanted>(),
        Route::does::<UserMade>(password, ManageAccess, "Give somebody another password", post(change))
            .told::<PasswordWanted>(),
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
        password: Option<Text<12, 128>>,
    }
    /// Another password.
    PasswordWanted {
        /// The password; one is made, when it is left out.
        password: Option<Text<12, 128>>,
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

async fn add(call: Call, body: Secretly<UserWanted>) -> Answer<UserMade> {
    let UserWanted { name, role, services, password } = read(body)?;
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let grant = Grant { role: role.0, services: services.unwrap_or_default().into_iter().collect() };
        let (secret, made) = secret(password)?;
        native.note(actor, Action::ManageAccess, &format!("user {}", name.0), "add")?;
        let user = native.gate.add_user(&name.0, grant, &secret)?;
        Ok(UserMade { name: user.name, password: made })
    })
    .await
}

async fn change(call: Call, Named(user): Named<String>, body: Secretly<PasswordWanted>) -> Answer<UserMade> {
    let PasswordWanted { password } = read(body)?;
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let (secret, made) = secret(password)?;
        native.note(actor, Action::ManageAccess, &format!("user {}", shown(&user)), "password")?;
        native.gate.set_password(&user, &secret)?;
        Ok(UserMade { name: user, password: made })
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

/// A body that holds a password.
type Secretly<T> = Result<extract::Json<T>, JsonRejection>;

/// A rejection's own words may quote the password: they are not told.
fn read<T>(body: Secretly<T>) -> Result<T, Problem> {
    let Json(told) = body.map_err(|rejection| match rejection {
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
            Problem::field("body", "expected what the document says; a password has 12 to 128 characters")
        }
        other => other.into(),
    })?;
    Ok(told)
}

/// The password, and the same to be shown, when it was made here.
fn secret(wanted: Option<Text<12, 128>>) -> Result<(String, Option<String>), Problem> {
    match wanted {
        Some(password) => Ok((password.0, None)),
        None => {
            let made = random_password()?;
            Ok((made.clone(), Some(made)))
        }
    }
}

fn shown(name: &str) -> &str {
    model::names::bounded(name, 128)
}

fn view(user: User) -> UserView {
    UserView {
        name: user.name,
        role: Word(user.grant.role),
        services: user.grant.services.into_iter().collect(),
        created_at: When(user.created),
        last_login_at: user.last_login.map(When),
    }
}
