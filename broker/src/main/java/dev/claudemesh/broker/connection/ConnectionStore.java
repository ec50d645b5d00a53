package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PEER_STATE;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.PresenceRecord;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/// Leases on disk, and what a member's sessions leave behind.
final class ConnectionStore {
  private final Database database;

  ConnectionStore(Database database) {
    this.database = database;
  }

  /// What admins set for a member and their mesh.
  ///
  /// @param keyTaken whether the key of the session that comes is another's
  record Standing(
      Optional<String> roleTag,
      List<GroupRole> defaultGroups,
      String messageMode,
      SelfEditable policy,
      boolean keyTaken) {}

  /// What the member's last session left behind.
  ///
  /// @param counters of all sessions that ended
  record Left(
      List<GroupRole> groups,
      Profile profile,
      boolean visible,
      Optional<String> summary,
      Map<String, Long> counters,
      Optional<Instant> seenAt) {}

  /// A lease as it is on disk.
  record Lease(
      String presenceId,
      String meshId,
      String memberId,
      PublicKey address,
      Optional<PublicKey> sessionKey,
      Peer.Client client,
      Instant connectedAt,
      Peer.State state,
      Optional<String> resumeHash) {}

  /// What is known of a member, and of the key their session comes with.
  ///
  /// @param everUsed whether a key counts as another's that another's session ever had
  Standing standing(Member member, PublicKey address, boolean everUsed) {
    var other = MEMBER.as("other");
    Condition keyOfAnother =
        DSL.exists(
            DSL.selectOne()
                .from(other)
                .where(other.MESH_ID.eq(member.meshId()))
                .and(other.PEER_PUBKEY.eq(address.hex()))
                .and(other.ID.ne(member.id())));
    Condition usedByAnother =
        DSL.exists(
            DSL.selectOne()
                .from(PRESENCE)
                .where(PRESENCE.MESH_ID.eq(member.meshId()))
                .and(PRESENCE.ADDRESS.eq(address.hex()))
                .and(PRESENCE.MEMBER_ID.ne(member.id())));
    Field<Boolean> taken =
        DSL.field(everUsed ? keyOfAnother.or(usedByAnother) : keyOfAnother).as("taken");
    return database
        .dsl()
        .select(
            MEMBER.ROLE_TAG, MEMBER.DEFAULT_GROUPS, MEMBER.MESSAGE_MODE, MESH.SELF_EDITABLE, taken)
        .from(MEMBER)
        .join(MESH)
        .on(MESH.ID.eq(MEMBER.MESH_ID))
        .where(MEMBER.ID.eq(member.id()))
        .fetchSingle(row ->
            new Standing(
                Optional.ofNullable(row.get(MEMBER.ROLE_TAG)),
                StoredJson.groups(row.get(MEMBER.DEFAULT_GROUPS).data()),
                row.get(MEMBER.MESSAGE_MODE),
                Optional.ofNullable(row.get(MESH.SELF_EDITABLE))
                    .map(json -> Wire.mapper().readValue(json.data(), SelfEditable.class))
                    .orElse(SelfEditable.ALL),
                row.get(taken)));
  }

  Optional<Left> left(String memberId) {
    return database
        .dsl()
        .selectFrom(PEER_STATE)
        .where(PEER_STATE.MEMBER_ID.eq(memberId))
        .fetchOptional(row ->
            new Left(
                StoredJson.groups(row.getGroups().data()),
                StoredJson.profile(row.getProfile().data()),
                row.getVisible(),
                Optional.ofNullable(row.getLastSummary()),
                counters(row.getCumulativeStats()),
                Optional.ofNullable(row.getLastSeenAt())));
  }

  /// Writes the lease of a newcomer.
  ///
  /// @return false if another member's lease on the address is open
  boolean open(Peer peer, Tokens.Hashes tokens, Instant leaseUntil) {
    return database.transaction(dsl -> {
      seen(dsl, peer.member().id(), peer.connectedAt());
      PresenceRecord row = dsl.newRecord(PRESENCE);
      row.setId(peer.presenceId());
      row.setMeshId(peer.meshId());
      row.setMemberId(peer.member().id());
      row.setSessionPubkey(peer.sessionKey().map(PublicKey::hex).orElse(null));
      row.setAddress(peer.address().hex());
      row.setConnectedAt(peer.connectedAt());
      describe(row, peer, tokens, leaseUntil);
      return dsl.insertInto(PRESENCE)
              .set(row)
              .onConflict(PRESENCE.MESH_ID, PRESENCE.ADDRESS)
              .where(PRESENCE.DISCONNECTED_AT.isNull())
              .doNothing()
              .execute()
          == 1;
    });
  }

  /// Writes down that a peer came back to its lease.
  void resume(Peer peer, Tokens.Hashes tokens, Instant leaseUntil, Instant now) {
    database.transaction(dsl -> {
      seen(dsl, peer.member().id(), now);
      PresenceRecord row = new PresenceRecord();
      describe(row, peer, tokens, leaseUntil);
      return dsl.update(PRESENCE).set(row).where(PRESENCE.ID.eq(peer.presenceId())).execute();
    });
  }

  void lease(String presenceId, Instant until) {
    database
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.LEASE_UNTIL, until)
        .where(PRESENCE.ID.eq(presenceId))
        .and(PRESENCE.DISCONNECTED_AT.isNull())
        .execute();
  }

  void displayName(String presenceId, String name) {
    database
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.DISPLAY_NAME, name)
        .where(PRESENCE.ID.eq(presenceId))
        .execute();
  }

  /// A member is here, if only for a command.
  void seen(String memberId, Instant now) {
    seen(database.dsl(), memberId, now);
  }

  /// Ends a lease, and keeps what the member's next session is to find.
  void end(Peer peer, Instant now) {
    database.transaction(dsl -> {
      int ended =
          dsl.update(PRESENCE)
              .set(PRESENCE.DISCONNECTED_AT, now)
              .set(PRESENCE.LEASE_UNTIL, now)
              .where(PRESENCE.ID.eq(peer.presenceId()))
              .and(PRESENCE.DISCONNECTED_AT.isNull())
              .execute();
      if (ended == 1) {
        leaveBehind(dsl, peer, now);
        seen(dsl, peer.member().id(), now);
      }
      return ended;
    });
  }

  /// Adds the counters of a process that was replaced by another within one lease.
  void bank(Peer peer, Instant now) {
    database.transaction(dsl -> leaveBehind(dsl, peer, now));
  }

  /// Every lease that no broker ended, the oldest first.
  List<Lease> open() {
    return database
        .dsl()
        .selectFrom(PRESENCE)
        .where(PRESENCE.DISCONNECTED_AT.isNull())
        .orderBy(PRESENCE.CONNECTED_AT, PRESENCE.ID)
        .fetch(ConnectionStore::lease);
  }

  /// Ends the leases of those who may not come back.
  void abandon(List<String> presenceIds, Instant now) {
    database
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.DISCONNECTED_AT, now)
        .where(PRESENCE.ID.in(presenceIds))
        .execute();
  }

  /// Gives every open lease the same end.
  void extendAll(Instant until) {
    database
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.LEASE_UNTIL, until)
        .where(PRESENCE.DISCONNECTED_AT.isNull())
        .execute();
  }

  /// Forgets leases that ended before a time.
  int prune(Instant before) {
    return database.dsl().deleteFrom(PRESENCE).where(PRESENCE.DISCONNECTED_AT.lt(before)).execute();
  }

  private static void describe(
      PresenceRecord row, Peer peer, Tokens.Hashes tokens, Instant leaseUntil) {
    Peer.Client client = peer.client();
    Peer.State state = peer.state();
    row.setSessionId(client.sessionId());
    row.setDisplayName(state.displayName());
    row.setPeerType(client.peerType().orElse(null));
    row.setChannel(client.channel().orElse(null));
    row.setModel(client.model().orElse(null));
    row.setHostname(client.hostname().orElse(null));
    row.setPid(client.pid());
    row.setHeldTo(client.heldTo().map(names -> names.toArray(String[]::new)).orElse(null));
    row.setCwd(client.cwd());
    row.setStatus(wire(state.status()));
    row.setStatusSource(wire(state.statusSource()));
    row.setStatusUpdatedAt(state.statusAt());
    row.setSummary(state.summary().orElse(null));
    row.setGroups(jsonb(state.groups()));
    row.setProfile(jsonb(state.profile()));
    row.setStats(jsonb(state.stats()));
    row.setVisible(state.visible());
    row.setResumeHash(tokens.resume());
    row.setHttpTokenHash(tokens.http());
    row.setHookTokenHash(tokens.hook());
    row.setLastPingAt(state.lastPing());
    row.setLeaseUntil(leaseUntil);
  }

  private static int leaveBehind(DSLContext dsl, Peer peer, Instant now) {
    Peer.State state = peer.state();
    Map<String, Long> earlier =
        dsl.select(PEER_STATE.CUMULATIVE_STATS)
            .from(PEER_STATE)
            .where(PEER_STATE.MEMBER_ID.eq(peer.member().id()))
            .forUpdate()
            .fetchOptional(PEER_STATE.CUMULATIVE_STATS)
            .map(ConnectionStore::counters)
            .orElse(Map.of());
    JSONB counters = jsonb(ConnectionRules.accumulate(earlier, state.stats()));
    return dsl.insertInto(PEER_STATE)
        .set(PEER_STATE.MESH_ID, peer.meshId())
        .set(PEER_STATE.MEMBER_ID, peer.member().id())
        .set(PEER_STATE.GROUPS, jsonb(state.groups()))
        .set(PEER_STATE.PROFILE, jsonb(state.profile()))
        .set(PEER_STATE.VISIBLE, state.visible())
        .set(PEER_STATE.LAST_SUMMARY, state.summary().orElse(null))
        .set(PEER_STATE.LAST_DISPLAY_NAME, state.displayName())
        .set(PEER_STATE.CUMULATIVE_STATS, counters)
        .set(PEER_STATE.LAST_SEEN_AT, now)
        .onConflict(PEER_STATE.MEMBER_ID)
        .doUpdate()
        .set(PEER_STATE.GROUPS, DSL.excluded(PEER_STATE.GROUPS))
        .set(PEER_STATE.PROFILE, DSL.excluded(PEER_STATE.PROFILE))
        .set(PEER_STATE.VISIBLE, DSL.excluded(PEER_STATE.VISIBLE))
        .set(
            PEER_STATE.LAST_SUMMARY,
            DSL.coalesce(DSL.excluded(PEER_STATE.LAST_SUMMARY), PEER_STATE.LAST_SUMMARY))
        .set(PEER_STATE.LAST_DISPLAY_NAME, DSL.excluded(PEER_STATE.LAST_DISPLAY_NAME))
        .set(PEER_STATE.CUMULATIVE_STATS, DSL.excluded(PEER_STATE.CUMULATIVE_STATS))
        .set(PEER_STATE.LAST_SEEN_AT, DSL.excluded(PEER_STATE.LAST_SEEN_AT))
        .execute();
  }

  private static void seen(DSLContext dsl, String memberId, Instant now) {
    dsl.update(MEMBER).set(MEMBER.LAST_SEEN_AT, now).where(MEMBER.ID.eq(memberId)).execute();
  }

  private static Lease lease(PresenceRecord row) {
    Peer.State state =
        new Peer.State(
            Optional.empty(),
            row.getLeaseUntil(),
            row.getDisplayName(),
            Status.valueOf(row.getStatus().toUpperCase(Locale.ROOT)),
            StatusSource.valueOf(row.getStatusSource().toUpperCase(Locale.ROOT)),
            row.getStatusUpdatedAt(),
            Optional.ofNullable(row.getSummary()),
            StoredJson.groups(row.getGroups().data()),
            StoredJson.profile(row.getProfile().data()),
            counters(row.getStats()),
            row.getVisible(),
            Optional.ofNullable(row.getLastPingAt()).orElse(row.getConnectedAt()),
            row.getStatusUpdatedAt());
    return new Lease(
        row.getId(),
        row.getMeshId(),
        row.getMemberId(),
        new PublicKey(row.getAddress()),
        Optional.ofNullable(row.getSessionPubkey()).map(PublicKey::new),
        new Peer.Client(
            row.getSessionId(),
            row.getPid(),
            row.getCwd(),
            Optional.ofNullable(row.getHostname()),
            Optional.ofNullable(row.getModel()),
            Optional.ofNullable(row.getPeerType()),
            Optional.ofNullable(row.getChannel()),
            Set.of(),
            Optional.ofNullable(row.getHeldTo()).map(Set::of)),
        row.getConnectedAt(),
        state,
        Optional.ofNullable(row.getResumeHash()));
  }

  private static Map<String, Long> counters(JSONB json) {
    return json == null ? Map.of() : StoredJson.counters(json.data());
  }

  private static JSONB jsonb(Object value) {
    return JSONB.valueOf(StoredJson.of(value));
  }

  private static String wire(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
