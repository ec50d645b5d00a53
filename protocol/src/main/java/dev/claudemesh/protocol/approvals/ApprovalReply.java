package dev.claudemesh.protocol.approvals;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;

/// What the broker answers about approvals.
public sealed interface ApprovalReply extends Reply {

  /// The connection is shown what is asked.
  @Frame(type = "approvals_watched", summary = "You are shown what sessions ask you to allow")
  record Watching(@Doc("How many requests are open; each follows as an event") int open)
      implements ApprovalReply {}

  /// It was passed on.
  @Frame(type = "approval_passed", summary = "It was passed on")
  record Passed(@Doc("How many connections it went to; 0 if nobody is there") int reached)
      implements ApprovalReply {}
}
