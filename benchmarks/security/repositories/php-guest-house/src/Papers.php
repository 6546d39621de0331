<?php

namespace GuestHouse;

class Papers
{
    public function __construct(private string $folder)
    {
    }

    public function invoice(string $name): string
    {
        return file_get_contents($this->folder . '/invoices/' . $name);
    }

    public function menu(string $name): string
    {
        return file_get_contents($this->folder . '/menus/' . basename($name));
    }

    public function archive(string $month): string
    {
        return shell_exec('tar -cf - -C ' . $this->folder . '/invoices ' . $month);
    }

    public function printMenu(string $printer): ?string
    {
        return shell_exec('lp -d ' . escapeshellarg($printer) . ' ' . $this->folder . '/menus/today.txt');
    }

    public function importRates(string $document): \SimpleXMLElement
    {
        return simplexml_load_string($document, \SimpleXMLElement::class, LIBXML_NOENT | LIBXML_DTDLOAD);
    }

    public function importRooms(string $document): \SimpleXMLElement
    {
        return simplexml_load_string($document, \SimpleXMLElement::class, LIBXML_NONET);
    }
}
