package dev.claudemesh.protocol;

import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.claims.ClaimEvent;
import dev.claudemesh.protocol.meshes.MeshEvent;
import dev.claudemesh.protocol.messaging.MessageEvent;
import dev.claudemesh.protocol.services.ServiceEvent;
import dev.claudemesh.protocol.skills.SkillEvent;
import dev.claudemesh.protocol.state.StateEvent;
import dev.claudemesh.protocol.streams.StreamEvent;

/// Something the broker tells without having been asked. Never carries a `_reqId`.
public sealed interface Event extends Outbound
    permits ApprovalEvent,
        ClaimEvent,
        MeshEvent,
        MessageEvent,
        ServiceEvent,
        SkillEvent,
        StateEvent,
        StreamEvent {}
