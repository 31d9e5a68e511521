//! What columns mean, in the words of the window.

use switchboard_bridge::dto;
use switchboard_domain::import::ColumnRole;

pub(super) const fn role_to_dto(role: ColumnRole) -> dto::ColumnRole {
    use dto::ColumnRole as D;
    match role {
        ColumnRole::Phone => D::Phone,
        ColumnRole::Country => D::Country,
        ColumnRole::ConsentIp => D::ConsentIp,
        ColumnRole::ConsentConfirmed => D::ConsentConfirmed,
        ColumnRole::ConsentBusiness => D::ConsentBusiness,
        ColumnRole::ConsentLanguage => D::ConsentLanguage,
        ColumnRole::OtherConsent => D::OtherConsent,
        ColumnRole::ConsentQuestion => D::ConsentQuestion,
        ColumnRole::OtherPhone => D::OtherPhone,
        ColumnRole::FirstName => D::FirstName,
        ColumnRole::LastName => D::LastName,
        ColumnRole::FullName => D::FullName,
        ColumnRole::Bsuid => D::Bsuid,
        ColumnRole::Username => D::Username,
        ColumnRole::ConsentState => D::ConsentState,
        ColumnRole::OptedOut => D::OptedOut,
        ColumnRole::ConsentAt => D::ConsentAt,
        ColumnRole::ConsentSource => D::ConsentSource,
        ColumnRole::ConsentWording => D::ConsentWording,
        ColumnRole::ConsentPurpose => D::ConsentPurpose,
        ColumnRole::Attribute => D::Attribute,
        ColumnRole::Ignore => D::Ignore,
    }
}

pub(super) const fn role_from_dto(role: dto::ColumnRole) -> ColumnRole {
    use dto::ColumnRole as D;
    match role {
        D::Phone => ColumnRole::Phone,
        D::Country => ColumnRole::Country,
        D::ConsentIp => ColumnRole::ConsentIp,
        D::ConsentConfirmed => ColumnRole::ConsentConfirmed,
        D::ConsentBusiness => ColumnRole::ConsentBusiness,
        D::ConsentLanguage => ColumnRole::ConsentLanguage,
        D::OtherConsent => ColumnRole::OtherConsent,
        D::ConsentQuestion => ColumnRole::ConsentQuestion,
        D::OtherPhone => ColumnRole::OtherPhone,
        D::FirstName => ColumnRole::FirstName,
        D::LastName => ColumnRole::LastName,
        D::FullName => ColumnRole::FullName,
        D::Bsuid => ColumnRole::Bsuid,
        D::Username => ColumnRole::Username,
        D::ConsentState => ColumnRole::ConsentState,
        D::OptedOut => ColumnRole::OptedOut,
        D::ConsentAt => ColumnRole::ConsentAt,
        D::ConsentSource => ColumnRole::ConsentSource,
        D::ConsentWording => ColumnRole::ConsentWording,
        D::ConsentPurpose => ColumnRole::ConsentPurpose,
        D::Attribute => ColumnRole::Attribute,
        D::Ignore => ColumnRole::Ignore,
    }
}
