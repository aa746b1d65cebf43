// k8s-file, Kubernetes' format: "TIME stdout|stderr F|P TEXT": P where the text goes on in the stream's next entry. Nothing waits for the
// end of its line, so that a prompt is in the log when it is on the screen.

#include "monitor.h"

#include <string.h>

static void k8s_write(int stream, const char *bytes, size_t size)
{
    char prefix[TIME_LENGTH + sizeof " stdout F "];
    format_now(prefix);
    memcpy(prefix + TIME_LENGTH, stream == STDOUT_STREAM ? " stdout F " : " stderr F ", sizeof " stdout F ");
    const size_t length = sizeof prefix - 1, flag = length - 2;
    while (size > 0) {
        const char *newline = memchr(bytes, '\n', size);
        size_t text = newline == NULL ? size : (size_t)(newline - bytes);
        prefix[flag] = newline == NULL ? 'P' : 'F';
        char *entry = log_file_room(length + text + 1);
        memcpy(entry, prefix, length);
        memcpy(entry + length, bytes, text);
        entry[length + text] = '\n';
        log_file_commit(length + text + 1);
        size_t taken = newline == NULL ? text : text + 1;
        bytes += taken;
        size -= taken;
    }
    log_file_flush();
}

const struct log_driver k8s_file_log = {"k8s-file", log_file_open, k8s_write, log_file_close};
