package io.tenantry.worker.intake;

import io.tenantry.worker.config.GroupProtocol;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the consumer has given up being a member of its group. Under the protocol {@code consumer} an error of a
 * heartbeat that is not to be retried (authorization, the group's size, an assignor that the broker does not have) is
 * thrown by one poll. After that the consumer has no partitions and sends no heartbeat, and all its polls succeed.
 * Under {@code classic} every poll tries to join again. For the poll thread alone.
 */
final class GroupMembership {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);

    private final Consumer<byte[], byte[]> consumer;
    private final GroupProtocol protocol;
    private boolean failed;

    GroupMembership(Consumer<byte[], byte[]> consumer, GroupProtocol protocol) {
        this.consumer = consumer;
        this.protocol = protocol;
    }

    /** A poll failed, for whatever reason: what looks like the fault of a partition may be a failure of the group. */
    void failed(KafkaException failure) {
        if (protocol == GroupProtocol.CONSUMER && !failed) {
            LOG.warn(
                    "the consumer failed ({}); if it has no partitions now, it is not a member of the group any more",
                    failure.getMessage());
            failed = true;
        }
    }

    /** The group gave it partitions, or said that it has none for it. */
    void joined() {
        failed = false;
    }

    /** Whether it is not a member any more. A member without partitions loses nothing by joining again. */
    boolean isLost() {
        return failed && consumer.assignment().isEmpty();
    }
}
