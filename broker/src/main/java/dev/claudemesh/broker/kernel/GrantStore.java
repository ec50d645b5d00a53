package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.MEMBER;

import java.util.Map;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// What members grant each other (ADR 4), as conditions on the rows they own. For peers that are
/// here, {@link Member#lets} says the same without a statement.
///
/// The grants are read by the statement itself, so a row is never shown because of an old copy of
/// them.
public final class GrantStore {
  private GrantStore() {}

  /// Who reads or writes what somebody else owns, as values of a statement.
  ///
  /// @param key their public key as hex
  public record Visitor(Field<String> id, Field<String> meshId, Field<String> key) {
    /// For a {@link dev.claudemesh.db.FixedQuery}, which is given {@link #values}.
    public static final Visitor NAMED =
        new Visitor(
            DSL.param("visitor", String.class),
            DSL.param("visitor_mesh", String.class),
            DSL.param("visitor_key", String.class));

    static Visitor of(Member member) {
      return new Visitor(
          DSL.val(member.id()), DSL.val(member.meshId()), DSL.val(member.key().hex()));
    }

    /// The values of {@link #NAMED}.
    public static Map<String, String> values(Member member) {
      return Map.of(
          "visitor", member.id(),
          "visitor_mesh", member.meshId(),
          "visitor_key", member.key().hex());
    }
  }

  /// Rows whose owner lets the member do this, and rows without an owner: add it to the `where` of
  /// what one member sees of what another wrote.
  ///
  /// @param owner the column with the owner's member id; it may be null
  /// @param to who reads or writes; the rows must already be those of their mesh
  public static Condition granted(Field<String> owner, Member to, Grant grant) {
    return granted(owner, Visitor.of(to), grant);
  }

  /// The same for any member.
  public static Condition granted(Field<String> owner, Visitor to, Grant grant) {
    return owner
        .isNull()
        .or(
            grant.byDefault()
                ? owner.notIn(membersWho(says(to).and(lists(to, grant).not()), to))
                : owner.eq(to.id()).or(owner.in(membersWho(lists(to, grant), to))));
  }

  /// The same as a condition on the owner's own row, where a query joins `member` anyway.
  public static Condition granted(Visitor to, Grant grant) {
    Condition lists = lists(to, grant);
    return MEMBER.ID.eq(to.id()).or(grant.byDefault() ? says(to).not().or(lists) : lists);
  }

  /// The owner of a row, for a `select` or the `returning` of what removes it.
  ///
  /// @param owner the column with the owner's member id
  public static Field<Owner> owner(Field<String> owner) {
    return DSL.field(
            DSL.select(DSL.row(MEMBER.ID, MEMBER.PEER_GRANTS.cast(SQLDataType.CLOB)))
                .from(MEMBER)
                .where(MEMBER.ID.eq(owner)))
        .convertFrom(row -> new Owner(row.value1(), StoredJson.grants(row.value2())));
  }

  /// Most members say nothing of anybody; those who do have an index.
  private static Select<? extends org.jooq.Record1<String>> membersWho(
      Condition says, Visitor about) {
    return DSL.select(MEMBER.ID)
        .from(MEMBER)
        .where(MEMBER.MESH_ID.eq(about.meshId()))
        .and(MEMBER.PEER_GRANTS.ne(DSL.inline(JSONB.valueOf("{}"))))
        .and(MEMBER.ID.ne(about.id()))
        .and(says);
  }

  private static Condition says(Visitor of) {
    return exists(MEMBER.PEER_GRANTS, of.key());
  }

  private static Condition lists(Visitor of, Grant grant) {
    Field<JSONB> entry =
        DSL.coalesce(
            DSL.jsonbGetAttribute(MEMBER.PEER_GRANTS, of.key()), DSL.inline(JSONB.valueOf("[]")));
    return exists(entry, DSL.inline(grant.wireName()));
  }

  /// Whether a text is a key of an object or a member of an array.
  private static Condition exists(Field<JSONB> json, Field<String> text) {
    return DSL.condition(DSL.function("jsonb_exists", SQLDataType.BOOLEAN, json, text));
  }
}
