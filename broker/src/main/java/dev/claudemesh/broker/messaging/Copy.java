package dev.claudemesh.broker.messaging;

/// One message for one recipient: names a row of `delivery`.
record Copy(String messageId, String recipientKey) {}
