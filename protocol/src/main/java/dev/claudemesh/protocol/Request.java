package dev.claudemesh.protocol;

import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.claims.ClaimRequest;
import dev.claudemesh.protocol.clock.ClockRequest;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.contexts.ContextRequest;
import dev.claudemesh.protocol.groups.GroupRequest;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.memory.MemoryRequest;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.messaging.MessageRequest;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.schedule.ScheduleRequest;
import dev.claudemesh.protocol.services.ServiceRequest;
import dev.claudemesh.protocol.skills.SkillRequest;
import dev.claudemesh.protocol.sql.SqlRequest;
import dev.claudemesh.protocol.state.StateRequest;
import dev.claudemesh.protocol.streams.StreamRequest;
import dev.claudemesh.protocol.tasks.TaskRequest;

/// What a client asks of the broker, over the socket or over HTTP. One sealed interface a room, one
/// record an operation.
///
/// @param <R> the reply on success; every failure is an {@link ErrorReply}
public sealed interface Request<R extends Reply>
    permits AccountRequest,
        ApprovalRequest,
        AuditRequest,
        ClaimRequest,
        ClockRequest,
        ConnectionRequest,
        ContextRequest,
        GroupRequest,
        InviteRequest,
        MemberRequest,
        MemoryRequest,
        MeshRequest,
        MessageRequest,
        PresenceRequest,
        ScheduleRequest,
        ServiceRequest,
        SkillRequest,
        SqlRequest,
        StateRequest,
        StreamRequest,
        TaskRequest {}
