// Which driver keeps the log.

#include "monitor.h"

#include <string.h>

static const struct log_driver *const drivers[] = {&k8s_file_log, &json_file_log, &journald_log};
static const struct log_driver *driver;

const char *log_open(void)
{
    if (is_passthrough() || strcmp(settings.log_driver, "none") == 0) return NULL;
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        if (strcmp(drivers[i]->name, settings.log_driver) != 0) continue;
        const char *error = drivers[i]->open();
        if (error == NULL) driver = drivers[i];
        return error;
    }
    return "unknown log driver";
}

void log_write(int stream, const char *bytes, size_t size)
{
    if (driver != NULL) driver->write(stream, bytes, size);
}

void log_close(void)
{
    if (driver != NULL) driver->close();
    driver = NULL;
}
