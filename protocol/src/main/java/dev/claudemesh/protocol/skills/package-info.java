/// Room skills: instructions that members share with each other's sessions.
///
/// Tables: `skill`, `skill_version`. Invariants: a skill is changed by its author or an admin only,
/// since others' sessions follow it; each change is a version, and earlier ones can be read.
package dev.claudemesh.protocol.skills;
