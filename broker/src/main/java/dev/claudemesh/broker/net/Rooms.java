package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.protocol.Request;
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

/// The doors of all rooms. Its switch is the product's table of contents.
public record Rooms(
    Handler<ConnectionRequest<?>> connection,
    Handler<MessageRequest<?>> messaging,
    Handler<PresenceRequest<?>> presence,
    Handler<GroupRequest<?>> groups,
    Handler<MeshRequest<?>> meshes,
    Handler<InviteRequest<?>> invites,
    Handler<MemberRequest<?>> members,
    Handler<AuditRequest<?>> audit,
    Handler<ContextRequest<?>> contexts,
    Handler<MemoryRequest<?>> memory,
    Handler<ServiceRequest<?>> services,
    Handler<StateRequest<?>> state,
    Handler<StreamRequest<?>> streams,
    Handler<TaskRequest<?>> tasks,
    Handler<SkillRequest<?>> skills,
    Handler<SqlRequest<?>> sql,
    Handler<ClaimRequest<?>> claims,
    Handler<ScheduleRequest<?>> schedule,
    Handler<ClockRequest<?>> clock,
    Handler<AccountRequest<?>> accounts,
    Handler<ApprovalRequest<?>> approvals) {

  Outcome handle(Request<?> request, Caller caller) {
    return switch (request) {
      case ConnectionRequest<?> opening -> connection.handle(opening, caller);
      case MessageRequest<?> message -> messaging.handle(message, caller);
      case PresenceRequest<?> seeing -> presence.handle(seeing, caller);
      case GroupRequest<?> group -> groups.handle(group, caller);
      case MeshRequest<?> mesh -> meshes.handle(mesh, caller);
      case InviteRequest<?> invite -> invites.handle(invite, caller);
      case MemberRequest<?> member -> members.handle(member, caller);
      case AuditRequest<?> asking -> audit.handle(asking, caller);
      case ContextRequest<?> context -> contexts.handle(context, caller);
      case MemoryRequest<?> knowing -> memory.handle(knowing, caller);
      case ServiceRequest<?> service -> services.handle(service, caller);
      case StateRequest<?> sharing -> state.handle(sharing, caller);
      case StreamRequest<?> live -> streams.handle(live, caller);
      case TaskRequest<?> task -> tasks.handle(task, caller);
      case SkillRequest<?> skill -> skills.handle(skill, caller);
      case SqlRequest<?> statement -> sql.handle(statement, caller);
      case ClaimRequest<?> claim -> claims.handle(claim, caller);
      case ScheduleRequest<?> later -> schedule.handle(later, caller);
      case ClockRequest<?> time -> clock.handle(time, caller);
      case AccountRequest<?> account -> accounts.handle(account, caller);
      case ApprovalRequest<?> permission -> approvals.handle(permission, caller);
    };
  }
}
