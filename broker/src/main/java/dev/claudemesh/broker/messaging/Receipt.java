package dev.claudemesh.broker.messaging;

import java.util.List;

/// What the sender is told once a message is on disk.
///
/// @param messageId the broker's id; the first one if the client's id was known
/// @param waiting why some copies wait: offline, busy, dnd
/// @param toSelf brings the copy that is for the sender itself; run it after the ack
record Receipt(String messageId, int recipients, List<String> waiting, Runnable toSelf) {}
