#pragma once
#include "output/text_table.hpp"

#include <array>

namespace corokit::moulinette {

/// What strerror() says of files, folders and disks: English, French as glibc has it.
inline constexpr auto kSystemMessages = std::to_array<TextPair>({
    {"Bad message", "mauvais message"},
    {"Cannot allocate memory", "il n'y a pas assez de mémoire"},
    {"Device or resource busy", "périphérique ou ressource occupé"},
    {"Disk quota exceeded", "le quota de disque est dépassé"},
    {"File name too long", "nom de fichier trop long"},
    {"File too large", "fichier trop grand"},
    {"Input/output error", "erreur d'entrée/sortie"},
    {"Invalid argument", "argument invalide"},
    {"Invalid or incomplete multibyte or wide character", "caractère invalide ou incomplet"},
    {"Is a directory", "est un dossier"},
    {"No such device or address", "ce périphérique ou cette adresse n'existe pas"},
    {"No such file or directory", "ce fichier ou ce dossier n'existe pas"},
    {"No space left on device", "il n'y a plus de place sur le disque"},
    {"Not a directory", "n'est pas un dossier"},
    {"Operation not permitted", "opération non permise"},
    {"Operation not supported", "opération non prise en charge"},
    {"Permission denied", "permission refusée"},
    {"Read-only file system", "système de fichiers en lecture seule"},
    {"Resource temporarily unavailable", "ressource temporairement indisponible"},
    {"Stale file handle", "le fichier n'existe plus sur le serveur"},
    {"Structure needs cleaning", "le système de fichiers est endommagé"},
    {"Too many levels of symbolic links", "trop de liens symboliques à la suite"},
    {"Too many open files", "trop de fichiers sont ouverts"},
    {"Too many open files in system", "trop de fichiers sont ouverts dans le système"},
    {"Value too large for defined data type", "valeur trop grande"},
});

}  // namespace corokit::moulinette
