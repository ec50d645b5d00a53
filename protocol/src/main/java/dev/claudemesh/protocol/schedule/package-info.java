/// Room schedule: messages that are sent later, once or again and again, as the member who asked
/// for it.
///
/// Table: `scheduled_message`. Invariants: who schedules encrypts, for the receivers and once more
/// for themselves to read in lists; the broker sends what it cannot read; each due time is sent
/// once, whether or not the member is online.
package dev.claudemesh.protocol.schedule;
