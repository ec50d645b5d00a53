package dev.claudemesh.broker.members;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.MessageEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Door of the room members.
public final class MemberHandler implements Handler<MemberRequest<?>> {
  private final MemberStore store;
  private final PermissionStore permissions;
  private final MembershipStore memberships;
  private final Moderation moderation;
  private final Peers peers;
  private final Bus bus;
  private final InstantSource clock;

  public MemberHandler(Database database, Peers peers, Bus bus, InstantSource clock) {
    this.store = new MemberStore(database);
    this.permissions = new PermissionStore(database);
    this.memberships = new MembershipStore(database);
    this.moderation = new Moderation(database, memberships, peers, bus, clock);
    this.peers = peers;
    this.bus = bus;
    this.clock = clock;
  }

  @Override
  public Outcome handle(MemberRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case MemberRequest.ListMembers _ -> Outcome.of(list(member));
      case MemberRequest.Update update -> Outcome.of(update(update, member));
      case MemberRequest.ListPermissions _ -> Outcome.of(listPermissions(member));
      case MemberRequest.SetPermissions set -> Outcome.of(setPermissions(set, member));
      case MemberRequest.SetGrants set -> Outcome.of(setGrants(set, member));
      case MemberRequest.GetGrants _ ->
          Outcome.of(new MemberReply.Grants(true, store.grants(member.id())));
      case MemberRequest.Leave _ -> moderation.leave(member);
      case MemberRequest.Disconnect disconnect -> moderation.disconnect(disconnect, caller);
      case MemberRequest.Kick kick -> moderation.kick(kick, caller);
      case MemberRequest.Ban ban -> moderation.ban(ban, member);
      case MemberRequest.Unban unban -> moderation.unban(unban, member);
      case MemberRequest.ListBans _ -> Outcome.of(moderation.bans(member));
    };
  }

  private MemberReply.Members list(Member caller) {
    Map<String, Integer> sessions = sessions(caller);
    return new MemberReply.Members(
        true, store.list(caller.meshId()).stream().map(row -> shown(row, sessions)).toList());
  }

  private MemberReply.Updated update(MemberRequest.Update request, Member caller) {
    Member target = member(caller.meshId(), request.memberId());
    MemberRules.checkUpdate(request, caller, target, store.selfEditable(caller.meshId()));
    MemberRow before = row(caller.meshId(), target.id());
    store.update(caller.meshId(), request);
    MemberRow after = row(caller.meshId(), target.id());
    Map<String, JsonNode> changes = changes(before, after);
    if (!changes.isEmpty()) {
      bus.publish(new Happening.MemberChanged(caller.meshId(), target.id()));
      tell(caller.meshId(), target.id(), changes);
    }
    return new MemberReply.Updated(true, shown(after, sessions(caller)), changes);
  }

  /// The member's sessions learn what they are called now, and what groups and mode they have.
  private void tell(String meshId, String memberId, Map<String, JsonNode> changes) {
    Instant now = clock.instant();
    JsonNode data = Wire.mapper().valueToTree(changes);
    for (Peer peer : peers.ofMember(meshId, memberId)) {
      MessageEvent news =
          MessageEvent.Push.news(
              UUID.randomUUID().toString(), meshId, "profile_updated", data, now);
      peer.connection().ifPresent(connection -> connection.send(news));
    }
  }

  private MemberReply.Permissions listPermissions(Member caller) {
    return new MemberReply.Permissions(
        caller.meshSlug(),
        memberships.ofMesh(caller.meshId()).stream()
            .map(member ->
                new MemberReply.MemberPermissions(
                    member.id(),
                    member.displayName(),
                    member.admin() ? "admin" : "member",
                    member.owner(),
                    member.permissions().toMap()))
            .toList());
  }

  private MeshReply.Ok setPermissions(MemberRequest.SetPermissions request, Member caller) {
    Member target = member(caller.meshId(), request.memberId());
    MemberRules.checkPermissions(request.permissions(), caller, target);
    permissions.change(
        caller.meshId(),
        target.id(),
        Permissions.defaults(target.owner(), target.admin()),
        before -> MemberRules.merged(before, request.permissions()),
        clock.instant());
    bus.publish(new Happening.MemberChanged(caller.meshId(), target.id()));
    return new MeshReply.Ok(true);
  }

  private MemberReply.Grants setGrants(MemberRequest.SetGrants request, Member caller) {
    Map<String, Optional<List<String>>> wanted = byMemberKey(request.grants(), caller.meshId());
    Set<String> keys = store.keys(caller.meshId());
    MemberRules.checkGrants(wanted, keys);
    Map<String, List<String>> grants =
        store.changeGrants(caller.id(), before -> MemberRules.merged(before, wanted));
    bus.publish(new Happening.MemberChanged(caller.meshId(), caller.id()));
    return new MemberReply.Grants(true, grants);
  }

  /// Old clients name peers by the key that the peer list shows, a session's; what they mean is the
  /// member behind it.
  private Map<String, Optional<List<String>>> byMemberKey(
      Map<String, Optional<List<String>>> grants, String meshId) {
    Map<String, Optional<List<String>>> byMember = new LinkedHashMap<>();
    grants.forEach((key, capabilities) ->
        byMember.put(
            PublicKey.isKey(key)
                ? peers
                    .session(meshId, new PublicKey(key))
                    .map(peer -> peer.member().key().hex())
                    .orElse(key)
                : key,
            capabilities));
    return byMember;
  }

  private Member member(String meshId, String memberId) {
    return memberships
        .byId(meshId, memberId)
        .filter(found -> !found.revoked())
        .map(Membership::member)
        .orElseThrow(() ->
            new Problem(
                ProblemCode.NOT_FOUND, "This mesh has no member with the id \"" + memberId + "\""));
  }

  private MemberRow row(String meshId, String memberId) {
    return store
        .find(meshId, memberId)
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "That member has just left"));
  }

  /// How many sessions each member has here. Those that hide themselves do not count for others.
  private Map<String, Integer> sessions(Member caller) {
    Map<String, Integer> sessions = new HashMap<>();
    peers.sessions(caller.meshId()).stream()
        .filter(peer -> peer.state().visible() || peer.member().id().equals(caller.id()))
        .forEach(peer -> sessions.merge(peer.member().id(), 1, Integer::sum));
    return sessions;
  }

  private static MemberReply.Member shown(MemberRow row, Map<String, Integer> sessionsByMember) {
    int sessions = sessionsByMember.getOrDefault(row.id(), 0);
    return new MemberReply.Member(
        row.id(),
        row.displayName(),
        row.roleTag(),
        row.groups(),
        row.messageMode(),
        row.admin() ? "admin" : "member",
        row.userId(),
        row.joinedAt(),
        row.lastSeenAt(),
        Optional.of(sessions > 0),
        Optional.of(sessions),
        Optional.of(row.pubkey()),
        Optional.of(row.owner()),
        Optional.of(row.keyPending()));
  }

  private static Map<String, JsonNode> changes(MemberRow before, MemberRow after) {
    Map<String, JsonNode> changes = new LinkedHashMap<>();
    note(changes, "displayName", before.displayName(), after.displayName());
    // An answer has no null: a tag that was taken away is empty.
    note(changes, "roleTag", before.roleTag().orElse(""), after.roleTag().orElse(""));
    note(changes, "groups", before.groups(), after.groups());
    note(changes, "messageMode", before.messageMode(), after.messageMode());
    note(
        changes,
        "permission",
        before.admin() ? "admin" : "member",
        after.admin() ? "admin" : "member");
    return changes;
  }

  private static void note(
      Map<String, JsonNode> changes, String field, Object before, Object after) {
    if (!before.equals(after)) {
      changes.put(field, Wire.mapper().valueToTree(after));
    }
  }
}
