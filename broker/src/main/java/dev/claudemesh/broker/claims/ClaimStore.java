package dev.claudemesh.broker.claims;

import static dev.claudemesh.db.jooq.Tables.CLAIM;
import static dev.claudemesh.db.jooq.Tables.MEMBER;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.claims.Claim;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Rows of `claim`. Who reads sees those of members who let them see what they do.
final class ClaimStore {
  private static final int MOST_LISTED = 2_000;

  private final Database database;

  ClaimStore(Database database) {
    this.database = database;
  }

  /// Claims globs, or renews them.
  ///
  /// @return those that the holder had not claimed before
  /// @throws Problem `limit`; then nothing changed
  List<String> claim(
      Holder holder,
      String root,
      List<String> globs,
      Optional<String> note,
      Instant now,
      Instant until,
      int most,
      int mostOfOne) {
    return database.transaction(dsl -> {
      Set<String> before =
          new HashSet<>(
              dsl.select(CLAIM.GLOB)
                  .from(CLAIM)
                  .where(of(holder.meshId(), holder.address()))
                  .and(CLAIM.ROOT.eq(root))
                  .and(CLAIM.LEASE_UNTIL.gt(now))
                  .fetchSet(CLAIM.GLOB));
      globs.forEach(glob -> put(dsl, holder, root, glob, note, until));
      checkCount(dsl, of(holder.meshId(), holder.address()), mostOfOne, "You claim");
      checkCount(dsl, CLAIM.MESH_ID.eq(holder.meshId()), most, "The sessions of this mesh claim");
      return globs.stream().filter(glob -> !before.contains(glob)).toList();
    });
  }

  private static void put(
      DSLContext dsl,
      Holder holder,
      String root,
      String glob,
      Optional<String> note,
      Instant until) {
    dsl.insertInto(CLAIM)
        .set(CLAIM.MESH_ID, holder.meshId())
        .set(CLAIM.ADDRESS, holder.address())
        .set(CLAIM.ROOT, root)
        .set(CLAIM.GLOB, glob)
        .set(CLAIM.MEMBER_ID, holder.memberId())
        .set(CLAIM.NAME, holder.name())
        .set(CLAIM.NOTE, note.orElse(null))
        .set(CLAIM.LEASE_UNTIL, until)
        .onConflict(CLAIM.MESH_ID, CLAIM.ADDRESS, CLAIM.ROOT, CLAIM.GLOB)
        .doUpdate()
        .set(CLAIM.MEMBER_ID, DSL.excluded(CLAIM.MEMBER_ID))
        .set(CLAIM.NAME, DSL.excluded(CLAIM.NAME))
        .set(CLAIM.NOTE, DSL.excluded(CLAIM.NOTE))
        .set(CLAIM.LEASE_UNTIL, DSL.excluded(CLAIM.LEASE_UNTIL))
        .execute();
  }

  private static void checkCount(DSLContext dsl, Condition which, int most, String who) {
    if (dsl.fetchCount(CLAIM, which) > most) {
      throw new Problem(
          ProblemCode.LIMIT, who + " more than " + most + " globs; release some, or claim folders");
    }
  }

  /// All claims of one holder.
  List<Claim> ofHolder(String meshId, String address, Instant now) {
    return fetch(of(meshId, address).and(CLAIM.LEASE_UNTIL.gt(now)));
  }

  /// Claims that a member may see, of one root or all.
  List<Claim> list(Member reader, Optional<String> root, Instant now) {
    return fetch(
        CLAIM
            .MESH_ID
            .eq(reader.meshId())
            .and(root.<Condition>map(CLAIM.ROOT::eq).orElseGet(DSL::noCondition))
            .and(CLAIM.LEASE_UNTIL.gt(now))
            .and(GrantStore.granted(CLAIM.MEMBER_ID, reader, Grant.READ)));
  }

  private List<Claim> fetch(Condition which) {
    return database
        .dsl()
        .select(
            CLAIM.GLOB,
            CLAIM.NAME,
            MEMBER.DISPLAY_NAME,
            CLAIM.NOTE,
            CLAIM.LEASE_UNTIL,
            CLAIM.ROOT,
            CLAIM.ADDRESS,
            MEMBER.PEER_PUBKEY)
        .from(CLAIM)
        .join(MEMBER)
        .on(MEMBER.ID.eq(CLAIM.MEMBER_ID))
        .where(which)
        .orderBy(CLAIM.ROOT, CLAIM.GLOB, CLAIM.ADDRESS)
        .limit(MOST_LISTED)
        .fetch(row ->
            new Claim(
                row.value1(),
                row.value2(),
                row.value3(),
                Optional.ofNullable(row.value4()),
                row.value5(),
                row.value6(),
                row.value7(),
                row.value8()));
  }

  /// Ends claims of one holder.
  ///
  /// @param globs all of them if empty
  /// @return the globs that were claimed
  List<String> release(
      String meshId, String address, Optional<String> root, Optional<List<String>> globs) {
    return database
        .dsl()
        .deleteFrom(CLAIM)
        .where(of(meshId, address))
        .and(root.<Condition>map(CLAIM.ROOT::eq).orElseGet(DSL::noCondition))
        .and(globs.<Condition>map(CLAIM.GLOB::in).orElseGet(DSL::noCondition))
        .returningResult(CLAIM.GLOB)
        .fetch(CLAIM.GLOB)
        .stream()
        .sorted()
        .toList();
  }

  /// Ends all claims of one member.
  ///
  /// @return addresses that had some
  Set<String> endOfMember(String meshId, String memberId) {
    return database
        .dsl()
        .deleteFrom(CLAIM)
        .where(CLAIM.MESH_ID.eq(meshId))
        .and(CLAIM.MEMBER_ID.eq(memberId))
        .returningResult(CLAIM.ADDRESS)
        .fetchSet(CLAIM.ADDRESS);
  }

  /// Who had a claim that ended.
  record Ended(String meshId, String address) {}

  /// Ends claims whose lease is over.
  Set<Ended> expire(Instant now) {
    return Set.copyOf(
        database
            .dsl()
            .deleteFrom(CLAIM)
            .where(CLAIM.LEASE_UNTIL.le(now))
            .returningResult(CLAIM.MESH_ID, CLAIM.ADDRESS)
            .fetchSet(row -> new Ended(row.value1(), row.value2())));
  }

  private static Condition of(String meshId, String address) {
    return CLAIM.MESH_ID.eq(meshId).and(CLAIM.ADDRESS.eq(address));
  }
}
