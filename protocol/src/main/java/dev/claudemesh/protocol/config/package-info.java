/// The files of a member: memberships with their keys, what was used last, and the keys of sessions
/// that may be resumed.
///
/// A `config.json` written by a client of the first protocol is read as it is, and what this
/// version does not know stays in it (PROTOCOL 13.1).
package dev.claudemesh.protocol.config;
