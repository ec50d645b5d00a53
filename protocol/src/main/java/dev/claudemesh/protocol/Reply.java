package dev.claudemesh.protocol;

import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.approvals.ApprovalReply;
import dev.claudemesh.protocol.audit.AuditReply;
import dev.claudemesh.protocol.claims.ClaimReply;
import dev.claudemesh.protocol.clock.ClockReply;
import dev.claudemesh.protocol.connection.ConnectionReply;
import dev.claudemesh.protocol.contexts.ContextReply;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.memory.MemoryReply;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.presence.PresenceReply;
import dev.claudemesh.protocol.schedule.ScheduleReply;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.skills.SkillReply;
import dev.claudemesh.protocol.sql.SqlReply;
import dev.claudemesh.protocol.state.StateReply;
import dev.claudemesh.protocol.streams.StreamReply;
import dev.claudemesh.protocol.tasks.TaskReply;

/// The broker's answer to one request. Over the socket it carries the request's `_reqId`.
public sealed interface Reply extends Outbound
    permits AccountReply,
        ApprovalReply,
        AuditReply,
        ClaimReply,
        ClockReply,
        ConnectionReply,
        ContextReply,
        ErrorReply,
        InviteReply,
        MemberReply,
        MemoryReply,
        MeshReply,
        MessageReply,
        PresenceReply,
        ScheduleReply,
        ServiceReply,
        SkillReply,
        SqlReply,
        StateReply,
        StreamReply,
        TaskReply {

  /// What of it is shown to people and models; programs get all of it.
  default Reply shown() {
    return this;
  }
}
