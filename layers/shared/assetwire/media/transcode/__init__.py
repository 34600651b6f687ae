"""Films, sounds and documents as files for the web, made by PyAV and PDFium in a child process with limits."""
