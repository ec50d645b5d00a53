package dev.claudemesh.broker.messaging;

import dev.claudemesh.db.PlainStatement.OverRows;

/// The statements of the queue. Times are milliseconds; each is one round trip whatever the number
/// of rows.
///
/// `offset 0` keeps the planner from turning a look-up a row into a join of whole tables: plans are
/// made while the tables are still empty, and kept.
final class MessageSql {
  private MessageSql() {}

  private static final String AT = "timestamptz 'epoch' + %s * interval '1 millisecond'";

  /// Messages and their copies. A message whose client's id is known is left out, and its copies
  /// with it.
  static final OverRows INSERT =
      OverRows.of(
          """
          with accepted as (
            insert into mesh.message (id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce,
              ciphertext, client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, created_at, expires_at)
            select id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce, ciphertext,
              client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, %s, %s
            from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[],
              ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::boolean[], ?::text[], ?::bigint[], ?::bigint[])
              as given (id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce,
              ciphertext, client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, created_ms, expires_ms)
            on conflict (sender_member_id, client_message_id) do nothing
            returning id, mesh_id, notify
          ), queued as (
            insert into mesh.delivery (message_id, recipient_key, mesh_id, recipient_member_id, seq, priority_rank, holder, notify)
            select m.id, r.recipient_key, m.mesh_id, r.member_id, r.seq, r.rank, r.holder, m.notify
            from unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::int[], ?::text[])
              as r (message_id, recipient_key, member_id, seq, rank, holder)
            join accepted m on m.id = r.message_id
          )
          select id from accepted
          """
              .formatted(at("created_ms"), at("expires_ms")));

  /// The first messages of clients' ids that came again.
  static final String REPEATS =
      """
      select m.sender_member_id, m.client_message_id, m.id,
        (select count(*) from mesh.delivery d where d.message_id = m.id)::int
      from unnest(?::text[], ?::text[]) as asked (sender, client_id)
      cross join lateral (
        select * from mesh.message where sender_member_id = asked.sender and client_message_id = asked.client_id offset 0
      ) m
      """;

  private static final String CHANGE_OF =
      """
      select c.message_id, c.recipient_key, c.mesh_id, c.status, c.reason, r.display_name as recipient_name,
        m.sender_member_id, m.sender_address, m.target_spec, m.notify
      from changed c
      cross join lateral (select * from mesh.message where id = c.message_id offset 0) m
      join mesh.member r on r.id = c.recipient_member_id
      """;

  /// What recipients said. A finished copy stays finished; seen and refused may follow delivered.
  static final OverRows MARK =
      OverRows.of(
          """
          with changed as (
            update mesh.delivery d
            set status = said.status, reason = said.reason,
              delivered_at = case when said.status = 'refused' then d.delivered_at else coalesce(d.delivered_at, %1$s) end,
              seen_at = case when said.status = 'seen' then %1$s end
            from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[]) as said (message_id, recipient_key, status, reason, ms)
            cross join lateral (
              select ctid from mesh.delivery where message_id = said.message_id and recipient_key = said.recipient_key offset 0
            ) found
            where d.ctid = found.ctid
              and (d.status = 'queued' or (d.status = 'delivered' and said.status in ('seen', 'refused')))
            returning d.message_id, d.recipient_key, d.mesh_id, d.recipient_member_id, d.status, d.reason, d.notify
          )
          """
                  .formatted(at("said.ms"))
              + CHANGE_OF
              + " where c.notify");

  static final String FREE =
      """
      update mesh.delivery d
      set holder = null
      from unnest(?::text[], ?::text[]) as freed (message_id, recipient_key)
      where d.message_id = freed.message_id and d.recipient_key = freed.recipient_key and d.status = 'queued'
      """;

  static final String EXPIRE =
      """
      with old as (
        select d.message_id, d.recipient_key
        from mesh.message o join mesh.delivery d on d.message_id = o.id
        where o.expires_at <= %s and d.status = 'queued'
        order by o.expires_at limit ?
      ), changed as (
        update mesh.delivery d
        set status = 'expired', reason = 'ttl'
        from old
        where d.message_id = old.message_id and d.recipient_key = old.recipient_key
        returning d.message_id, d.recipient_key, d.mesh_id, d.recipient_member_id, d.status, d.reason
      )
      """
              .formatted(at("?"))
          + CHANGE_OF;

  /// What waits for some keys, urgent first, each priority in the order of acceptance, until the
  /// rows or the bodies are enough. Mail to a member is noted as the asker's, and left out where it
  /// is noted as another's.
  static final String CLAIM =
      """
      with waiting as (
        select w.* from unnest(?::text[], ?::int[], ?::bigint[]) as wanted (key, rank, first)
        cross join lateral (
          select d.message_id, d.recipient_key, d.recipient_member_id, d.seq, d.priority_rank, d.holder from mesh.delivery d
          where d.recipient_key = wanted.key and d.priority_rank = wanted.rank and d.seq >= wanted.first
            and d.status = 'queued' and d.mesh_id = ? and (d.holder is null or d.holder <> all(?::text[]))
          order by d.seq limit ?
        ) w
        order by w.priority_rank, w.seq limit ?
      ), sized as (
        select w.*, sum(octet_length(m.ciphertext)) over (order by w.priority_rank, w.seq) - octet_length(m.ciphertext) as before
        from waiting w cross join lateral (select ciphertext from mesh.message where id = w.message_id offset 0) m
      ), held as (
        update mesh.delivery d
        set holder = ?
        from sized s
        where s.before < ? and s.recipient_key = ? and d.message_id = s.message_id and d.recipient_key = s.recipient_key
      )
      select s.recipient_key, s.recipient_member_id, s.seq, m.*, f.peer_pubkey as sender_key, f.display_name as sender_name,
        (r.peer_grants -> f.peer_pubkey)::text as granted
      from sized s
      cross join lateral (select * from mesh.message where id = s.message_id offset 0) m
      join mesh.member f on f.id = m.sender_member_id
      join mesh.member r on r.id = s.recipient_member_id
      where s.before < ?
      order by s.priority_rank, s.seq
      """;

  private static final String FINISHED =
      "not exists (select 1 from mesh.delivery d where d.message_id = m.id and d.status = 'queued')";

  private static final String PURGE =
      """
      with gone as (
        delete from mesh.message where id in (select m.id from mesh.message m where %s order by m.expires_at limit ?) returning id
      ), copies as (
        delete from mesh.delivery d using gone where d.message_id = gone.id
      )
      select count(*) from gone
      """;

  /// Whose sender was told that nobody took it may still ask.
  private static final String NOT_JUST_EXPIRED =
      "(m.expires_at < "
          + at("?")
          + " or not exists (select 1 from mesh.delivery d where d.message_id = m.id and d.status = 'expired'))";

  static final String PURGE_OLD =
      PURGE.formatted(
          "m.expires_at < " + at("?") + " and " + NOT_JUST_EXPIRED + " and " + FINISHED);

  static final String PURGE_OLDEST = PURGE.formatted(FINISHED);

  static final String COUNT = "select count(*) from mesh.message";

  static final String DEPTH = "select count(*) from mesh.delivery where status = 'queued'";

  static final String NEXT_ERA = "select nextval('mesh.message_era')";

  private static String at(String millis) {
    return AT.formatted(millis);
  }
}
