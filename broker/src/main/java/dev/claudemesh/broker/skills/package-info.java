/// Room skills: instructions that members share with each other's sessions.
///
/// Tables: `skill`, `skill_version`. Invariants: a skill is changed by its author or an admin only,
/// which PostgreSQL decides; sharing what is there already makes no new version; the newest twenty
/// versions are kept.
package dev.claudemesh.broker.skills;
