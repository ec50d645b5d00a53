/// Room approvals: a session asks people whether it may use a tool. The broker carries boxes
/// between the one who asks and those who are asked, and cannot read, make or repeat them: who may
/// answer is known to the asking client alone.
///
/// Nothing is stored. Invariants: a request reaches the members it was encrypted to and nobody
/// else; it ends when it is settled, when its time is over, or with the connection of the asker.
package dev.claudemesh.protocol.approvals;
