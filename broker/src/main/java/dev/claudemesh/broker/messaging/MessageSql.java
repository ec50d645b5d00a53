package dev.claudemesh.broker.messaging;

/// The statements of the queue. Times are milliseconds; each is one round trip whatever the number
/// of rows.
final class MessageSql {
  private MessageSql() {}

  private static final String AT = "timestamptz 'epoch' + %s * interval '1 millisecond'";

  /// Messages and their copies. A message whose client's id is known is left out, and its copies
  /// with it.
  static final String INSERT =
      """
      with accepted as (
        insert into mesh.message (id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce,
          ciphertext, client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, created_at, expires_at)
        select id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce, ciphertext,
          client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, %s, %s
        from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[],
          ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::boolean[], ?::text[], ?::bigint[], ?::bigint[])
          with ordinality as given (id, mesh_id, sender_member_id, sender_address, target_spec, kind, priority, enc, epoch, nonce,
          ciphertext, client_message_id, request_fingerprint, reply_to_id, hops, notify, subtype, created_ms, expires_ms, place)
        order by place
        on conflict (sender_member_id, client_message_id) do nothing
        returning id, seq, mesh_id, priority, created_at
      ), queued as (
        insert into mesh.delivery (message_id, recipient_key, mesh_id, recipient_member_id, seq, priority, status, leased_to,
          lease_until, attempts, created_at)
        select m.id, r.recipient_key, m.mesh_id, r.member_id, m.seq, m.priority,
          case when r.holder is null then 'queued' else 'leased' end, r.holder,
          case when r.holder is not null then %s end, case when r.holder is null then 0 else 1 end, m.created_at
        from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as r (message_id, recipient_key, member_id, holder)
        join accepted m on m.id = r.message_id
      )
      select id from accepted
      """
          .formatted(at("created_ms"), at("expires_ms"), at("(select ?::bigint)"));

  /// The first messages of clients' ids that came again.
  static final String REPEATS =
      """
      select m.sender_member_id, m.client_message_id, m.id,
        (select count(*) from mesh.delivery d where d.message_id = m.id)::int
      from unnest(?::text[], ?::text[]) as asked (sender, client_id)
      join mesh.message m on m.sender_member_id = asked.sender and m.client_message_id = asked.client_id
      """;

  private static final String CHANGE_OF =
      """
      select c.message_id, c.recipient_key, c.mesh_id, c.status, c.reason, r.display_name as recipient_name,
        m.sender_member_id, m.sender_address, m.target_spec, m.notify
      from changed c
      join mesh.message m on m.id = c.message_id
      join mesh.member r on r.id = c.recipient_member_id
      """;

  /// What recipients said. A finished copy stays finished; seen and refused may follow delivered.
  static final String MARK =
      """
      with changed as (
        update mesh.delivery d
        set status = said.status, reason = said.reason, leased_to = null, lease_until = null,
          delivered_at = case when said.status = 'refused' then d.delivered_at else coalesce(d.delivered_at, %1$s) end,
          seen_at = case when said.status = 'seen' then %1$s end
        from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[]) as said (message_id, recipient_key, status, reason, ms)
        where d.message_id = said.message_id and d.recipient_key = said.recipient_key
          and (d.status in ('queued', 'leased') or (d.status = 'delivered' and said.status in ('seen', 'refused')))
        returning d.message_id, d.recipient_key, d.mesh_id, d.recipient_member_id, d.status, d.reason
      )
      """
              .formatted(at("said.ms"))
          + CHANGE_OF
          + " where m.notify";

  static final String RETURN_ALL =
      "update mesh.delivery set status = 'queued', leased_to = null, lease_until = null where"
          + " status = 'leased'";

  static final String RETURN =
      """
      update mesh.delivery d
      set status = 'queued', leased_to = null, lease_until = null
      from unnest(?::text[], ?::text[]) as due (message_id, recipient_key)
      where d.message_id = due.message_id and d.recipient_key = due.recipient_key and d.status = 'leased'
      """;

  static final String EXTEND =
      "update mesh.delivery set lease_until = %s where status = 'leased' and lease_until <= %s and leased_to = any(?::text[])"
          .formatted(at("?"), at("?"));

  static final String SWEEP =
      """
      with over as (
        select message_id, recipient_key, leased_to as holder
        from mesh.delivery where status = 'leased' and lease_until <= %s order by lease_until limit ?
      )
      update mesh.delivery d
      set status = 'queued', leased_to = null, lease_until = null
      from over
      where d.message_id = over.message_id and d.recipient_key = over.recipient_key
      returning d.message_id, d.recipient_key, d.mesh_id, d.recipient_member_id, d.priority_rank, over.holder
      """
          .formatted(at("?"));

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

  /// Leases what waits for some keys, urgent first, each priority in the order of acceptance, until
  /// the rows or the bodies are enough.
  static final String CLAIM =
      """
      with waiting as (
        select w.* from unnest(?::text[]) as wanted (key)
        cross join lateral (
          select d.message_id, d.recipient_key, d.seq, d.priority_rank from mesh.delivery d
          where d.recipient_key = wanted.key and d.mesh_id = ? and d.status = 'queued' and d.priority_rank <= ?
          order by d.priority_rank, d.seq limit ?
        ) w
        order by w.priority_rank, w.seq limit ?
      ), sized as (
        select w.*, sum(octet_length(m.ciphertext)) over (order by w.priority_rank, w.seq) - octet_length(m.ciphertext) as before
        from waiting w join mesh.message m on m.id = w.message_id
      ), leased as (
        update mesh.delivery d
        set status = 'leased', leased_to = ?, lease_until = %s, attempts = d.attempts + 1
        from sized s
        where s.before < ? and d.message_id = s.message_id and d.recipient_key = s.recipient_key
        returning d.message_id, d.recipient_key, d.recipient_member_id, d.priority_rank, d.seq
      )
      select l.recipient_key, l.recipient_member_id, m.*, s.peer_pubkey as sender_key, s.display_name as sender_name,
        (r.peer_grants -> s.peer_pubkey)::text as granted
      from leased l
      join mesh.message m on m.id = l.message_id
      join mesh.member s on s.id = m.sender_member_id
      join mesh.member r on r.id = l.recipient_member_id
      order by l.priority_rank, l.seq
      """
          .formatted(at("?"));

  private static final String FINISHED =
      "not exists (select 1 from mesh.delivery d where d.message_id = m.id and d.status in"
          + " ('queued', 'leased'))";

  static final String PURGE_OLD =
      "delete from mesh.message where id in (select m.id from mesh.message m where m.expires_at < %s and %s order by m.expires_at limit ?)"
          .formatted(at("?"), FINISHED);

  static final String PURGE_MANY =
      """
      delete from mesh.message where id in (
        select m.id from mesh.message m where m.seq <= (select max(seq) from mesh.message) - ? and %s order by m.seq limit ?)
      """
          .formatted(FINISHED);

  static final String DEPTH =
      "select (select count(*) from mesh.delivery where status = 'queued') + (select count(*) from"
          + " mesh.delivery where status = 'leased')";

  private static String at(String millis) {
    return AT.formatted(millis);
  }
}
