/// Room approvals: carries requests of sessions to people, and their answers back. All that matters
/// is in boxes; who may answer is known to the asking client, not here.
///
/// No table: what is open is held in memory. Invariants: a request is shown to each connection of
/// the asked member that watches, once; only members who were asked can answer; a request ends when
/// its asker settles it, when its time is over, or with its asker's connection.
package dev.claudemesh.broker.approvals;
