/// Room schedule: messages that are sent later, once or again and again, as the member who asked
/// for it, online or not.
///
/// Table: `scheduled_message`. Invariants: a due time is sent once, however many brokers there are
/// and wherever one of them dies (one claims the row, and the message's own id is made of entry and
/// time, so that the queue knows a repeat); an entry counts as sent only when the queue has the
/// message on disk; runs that nobody was there for are counted, never made up for.
package dev.claudemesh.broker.schedule;
