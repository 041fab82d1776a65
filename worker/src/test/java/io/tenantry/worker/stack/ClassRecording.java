package io.tenantry.worker.stack;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A process that records its classes: it writes the archive, or leaves that to another process. For any thread. */
final class ClassRecording {
    private final ClassArchive archive;
    private final AtomicBoolean open = new AtomicBoolean(true);

    ClassRecording(ClassArchive archive) {
        this.archive = archive;
    }

    /** What the process must be started with. */
    List<String> jvmOptions() {
        return archive.recordOptions();
    }

    /** Lets the process write the archive, which halts it for a second; the first call counts. */
    void write(long pid) {
        if (open.compareAndSet(true, false)) {
            archive.writtenBy(pid);
        }
    }

    /** The process has ended: another one may record, unless this one was asked to write. */
    void end() {
        if (open.compareAndSet(true, false)) {
            archive.release();
        }
    }
}
